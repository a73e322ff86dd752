/** Controllers’ keys are dealt into so many shares, and servers hold shares. More than servers anyone runs, few enough to renew at once. */
export const shardCount = 16;

export const shardNames: readonly string[] = Array.from(
  { length: shardCount },
  (_, index) => `shard/${index}`,
);

/** The share a key belongs to: FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
export const shardOf = (key: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  return shardNames[hash % shardCount] as string;
};
