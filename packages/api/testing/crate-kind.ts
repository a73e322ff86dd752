import { defineKind, type Fields } from '@causeway/model';
import { z } from 'zod';

const short = z.string().max(20);
const status = z.object({ phase: short.optional() });
const oldStatus = z.object({ state: short.optional() });

/** What a crate says, whatever the version calls it. All of it may be left out but the ports. */
export interface Crate {
  cpu?: number;
  memory?: number;
  colour?: string;
  tags?: string[];
  ports?: { name: string; port?: number }[];
  notes?: Record<string, string>;
}

const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A crate, or some of it, as each version writes it. In v1alpha1 there is always a size. */
export const crateIn: Readonly<Record<string, (crate: Crate) => Fields>> = {
  v1: ({ cpu, memory, ...rest }) => {
    const size = given({ cpu, memory });
    return given({ ...rest, size: Object.keys(size).length > 0 ? size : undefined });
  },
  v1beta1: ({ colour, ports, ...rest }) =>
    given({
      ...rest,
      tint: colour,
      endpoints: ports?.map(({ name, port }) => given({ id: name, number: port })),
    }),
  v1alpha1: ({ cpu = 1, memory, ports, ...rest }) =>
    given({
      ...rest,
      size: memory === undefined ? `${cpu}` : `${cpu}/${memory}`,
      ports: ports?.map(({ name, port = 80 }) => `${name}=${port}`).join(' '),
    }),
};

const common = {
  tags: z.array(short).optional().meta({ listType: 'set' }),
  notes: z.record(z.string(), short).optional(),
};
const flat = z.object({
  ...common,
  cpu: z.int().default(1),
  memory: z.int().optional(),
  tint: short.optional(),
  endpoints: z
    .array(z.object({ id: short, number: z.int().default(80) }))
    .meta({ listType: 'map', listMapKeys: ['id'] }),
});
const text = z.object({
  ...common,
  size: z.string().regex(/^\d+(\/\d+)?$/),
  colour: short.optional(),
  ports: z.string().regex(/^(|.+)$/),
});

type Named = { name: string; port: number };
type Identified = { id: string; number: number };

/** A kind in three versions: in one fields have other names and another place, in one several are one text. */
export const CrateKind = defineKind({
  kind: 'Crate',
  plural: 'crates',
  description: 'For tests: something in several versions.',
  spec: z.object({
    ...common,
    size: z.object({ cpu: z.int().default(1), memory: z.int().optional() }).prefault({}),
    colour: short.optional(),
    ports: z
      .array(z.object({ name: short, port: z.int().default(80) }))
      .meta({ listType: 'map', listMapKeys: ['name'] }),
  }),
  status,
  versions: [
    {
      version: 'v1beta1',
      spec: flat,
      status: oldStatus,
      toStored: ({ spec: { cpu, memory, tint, endpoints, ...rest }, status: old }) => ({
        spec: given({
          ...rest,
          size: given({ cpu, memory }),
          colour: tint,
          ports: (endpoints as Identified[]).map(({ id, number }) => ({ name: id, port: number })),
        }),
        status: old && given({ phase: old.state }),
      }),
      fromStored: ({ spec: { size, colour, ports, ...rest }, status: stored }) => ({
        spec: given({
          ...rest,
          ...(size as Fields),
          tint: colour,
          endpoints: (ports as Named[]).map(({ name, port }) => ({ id: name, number: port })),
        }),
        status: stored && given({ state: stored.phase }),
      }),
    },
    {
      version: 'v1alpha1',
      spec: text,
      status: oldStatus,
      toStored: ({ spec: { size, ports, ...rest }, status: old }) => {
        const [cpu, memory] = (size as string).split('/').map(Number);
        return {
          spec: {
            ...rest,
            size: given({ cpu, memory }),
            ports: (ports as string)
              .split(' ')
              .filter(one => one !== '')
              .map(one => {
                const [name, port] = one.split('=');
                return { name, port: Number(port) };
              }),
          },
          status: old && given({ phase: old.state }),
        };
      },
      fromStored: ({ spec: { size, ports, ...rest }, status: stored }) => {
        const { cpu, memory } = size as { cpu: number; memory?: number };
        return {
          spec: {
            ...rest,
            size: memory === undefined ? `${cpu}` : `${cpu}/${memory}`,
            ports: (ports as Named[]).map(({ name, port }) => `${name}=${port}`).join(' '),
          },
          status: stored && given({ state: stored.phase }),
        };
      },
    },
  ],
  access: {
    get: 'viewer',
    list: 'viewer',
    watch: 'viewer',
    create: 'viewer',
    update: 'viewer',
    patch: 'viewer',
    delete: 'viewer',
  },
});
