import { z } from 'zod';

const memoryFactor = {
  '': 1,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  K: 1e3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
} as const;
const memoryPattern = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|K|k|M|G)?$/;
const cpuPattern = /^(?:\d+m|\d+(?:\.\d+)?)$/;

/** Bytes in a Kubernetes memory quantity (`512Mi`, `1G`). */
export const memoryBytes = (quantity: string): number => {
  const match = memoryPattern.exec(quantity);
  return match
    ? Math.round(Number(match[1]) * memoryFactor[(match[2] ?? '') as keyof typeof memoryFactor])
    : Number.NaN;
};

/** Thousandths of a core in a Kubernetes CPU quantity (`500m`, `2`, `0.5`). */
export const cpuMillis = (quantity: string): number =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Math.round(Number(quantity) * 1000);

export const MemoryQuantity = z.string().regex(memoryPattern, 'must be a quantity such as 256Mi or 1Gi');
export const CpuQuantity = z.string().regex(cpuPattern, 'must be a quantity such as 500m or 2');
