/** An answer the service gives as HTTP 400 with its `__type`, e.g. ExecutionDoesNotExist; the SDK throws it by that name. */
export class ServiceError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.type = type;
  }
}
