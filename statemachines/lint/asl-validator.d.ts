declare module 'asl-validator' {
  /** Checks structure; writes QueryLanguage into the states of the definition it is given. */
  export default function validate(definition: object): {
    isValid: boolean;
    errors: { 'Error code': string; Message: string; schemaError?: { instancePath: string; schemaPath: string } }[];
  };
}
