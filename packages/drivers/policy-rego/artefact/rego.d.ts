/* tslint:disable */
/* eslint-disable */

/**
 * A document, for any number of policies.
 */
export class Document {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * From JSON in bytes of UTF-8; undefined without any.
     */
    constructor(json?: Uint8Array | number[] | null);
    /**
     * Becomes another, or undefined when that cannot be read. It is read as far as the policies look at it that are
     * asked first, and further when others are; what is wrong with it is seen wherever it is.
     */
    read(json: Uint8Array | number[], first: Policies): void;
}

/**
 * Limits of one evaluation: steps of regorus, milliseconds, and bytes beside what is held already.
 */
export class Limits {
    free(): void;
    [Symbol.dispose](): void;
    constructor(steps: number, milliseconds: number, bytes: number);
}

export class Policies {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Merges an object into `data`.
     */
    addData(json: string): void;
    /**
     * Adds a module, as of Rego v0 or v1. What it calls is looked at when all are there.
     */
    addModule(file: string, source: string, v0: boolean): void;
    /**
     * `[{file, covered: [line], notCovered: [line]}]` of all that was evaluated since coverage was enabled.
     */
    coverage(): string;
    /**
     * Evaluates rules: `{results: [{value?}], prints, notes}`. A result without a value is undefined; `prints` are of
     * `print`, as `file:line: text`, and `notes` of `trace`. `results` is empty when no rule has found anything; when
     * nothing was said either, there is no answer.
     */
    evaluate(input: Document, rules: Rules, limits: Limits): string | undefined;
    /**
     * Refuses what is wrong between modules, such as calls of functions that none has.
     */
    link(): void;
    /**
     * What the modules can look at of `input`; see `Parts::paths`.
     */
    looks(): string[];
    /**
     * The fields that `data.request` may have.
     */
    constructor(request_fields: string[]);
    /**
     * `[{file, package, rules}]`, one for each module that was added; see `outline`.
     */
    outline(): string;
    /**
     * Evaluates a query: `{results: [{bindings, values}], prints, notes}`; without results or prints there is no answer.
     */
    query(input: Document, query: string, limits: Limits): string | undefined;
    setCoverage(enabled: boolean): void;
    /**
     * Builtins that fail end the evaluation, instead of being undefined.
     */
    setStrictBuiltinErrors(strict: boolean): void;
}

/**
 * Rules to ask for, by path (`data.k8s.deny`).
 */
export class Rules {
    free(): void;
    [Symbol.dispose](): void;
    constructor(paths: string[]);
}

/**
 * What the next evaluations in this instance are about: `data.request`, from JSON in bytes of UTF-8, and the time in
 * milliseconds since 1970.
 */
export function setRequest(json: Uint8Array | number[], milliseconds: number): void;

export function start(): void;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_document_free: (a: number, b: number) => void;
    readonly __wbg_limits_free: (a: number, b: number) => void;
    readonly __wbg_policies_free: (a: number, b: number) => void;
    readonly __wbg_rules_free: (a: number, b: number) => void;
    readonly document_new: (a: number, b: number) => [number, number, number];
    readonly document_read: (a: number, b: number, c: number, d: number) => [number, number];
    readonly limits_new: (a: number, b: number, c: number) => number;
    readonly policies_addData: (a: number, b: number, c: number) => [number, number];
    readonly policies_addModule: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly policies_coverage: (a: number) => [number, number, number, number];
    readonly policies_evaluate: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly policies_link: (a: number) => [number, number];
    readonly policies_looks: (a: number) => [number, number, number, number];
    readonly policies_new: (a: number, b: number) => [number, number, number];
    readonly policies_outline: (a: number) => [number, number, number, number];
    readonly policies_query: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly policies_setCoverage: (a: number, b: number) => void;
    readonly policies_setStrictBuiltinErrors: (a: number, b: number) => void;
    readonly rules_new: (a: number, b: number) => number;
    readonly setRequest: (a: number, b: number, c: number) => [number, number];
    readonly start: () => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __externref_drop_slice: (a: number, b: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
