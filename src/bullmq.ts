/**
 * Searches on many machines: jobs in a BullMQ queue in Redis. Needs `bullmq` and `ioredis`.
 *
 * @module lfads/bullmq
 */

export { type BullmqExecutorOptions, bullmqExecutor } from "./bullmq/bullmqExecutor";
export { type QueueServer, type ServeQueueOptions, serveQueue } from "./bullmq/serveQueue";
