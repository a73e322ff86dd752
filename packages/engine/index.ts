export type { Controller, ControllerDefinition, Reconcile, ReconcileResult } from './controller/controller.ts';
export type { Actor, DeleteOptions, ListOptions, ListResult, Store, WatchEvent, WatchOptions, WriteOptions } from './store/store.ts';
