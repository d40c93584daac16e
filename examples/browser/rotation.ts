/** How a scene is turned, in radians: about its vertical axis, then towards the reader. */
export interface Rotation {
  readonly azimuth: number;
  readonly elevation: number;
}

/** A point of three dimensions as the reader sees it: to the right, up, and towards the reader. The third axis stands up. */
export function turned(
  [x, y, z]: readonly [number, number, number],
  { azimuth, elevation }: Rotation,
): [right: number, up: number, near: number] {
  const right = x * Math.cos(azimuth) - y * Math.sin(azimuth);
  const away = x * Math.sin(azimuth) + y * Math.cos(azimuth);
  const up = z * Math.cos(elevation) + away * Math.sin(elevation);
  const near = z * Math.sin(elevation) - away * Math.cos(elevation);
  return [right, up, near];
}

/** Further by these angles; never upside down. */
export function turnBy({ azimuth, elevation }: Rotation, right: number, up: number): Rotation {
  const limit = Math.PI / 2;
  return {
    azimuth: (azimuth + right) % (2 * Math.PI),
    elevation: Math.min(limit, Math.max(-limit, elevation + up)),
  };
}
