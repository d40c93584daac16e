/** The element of the page with this id. @throws if there is none of this kind */
export function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind))
    throw new Error(`element: the page must have a ${kind.name} with the id "${id}"`);
  return found;
}
