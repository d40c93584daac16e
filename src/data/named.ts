/** Runs `body` and puts the function's name in front of its errors. */
export async function named<T>(caller: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw new Error(`${caller}: ${(cause as Error).message}`, { cause });
  }
}
