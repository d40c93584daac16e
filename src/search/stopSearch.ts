const NAME = "StopSearch";

/**
 * An error that is not the fault of a member: running its job again would not help, and to go on without it would be another search. The
 * search stops with it; once the cause is mended, the same call goes on. A trainer may throw it, whatever process it runs in.
 */
export class StopSearch extends Error {
  override readonly name = NAME;
}

/** Whether this is a {@link StopSearch}, which may have come from another process as a message. */
export function stopsSearch(error: unknown): boolean {
  return error instanceof Error && error.name === NAME;
}
