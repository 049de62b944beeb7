declare module 'mjml' {
  export interface MjmlResult {
    html: string;
    errors: { formattedMessage: string }[];
  }
  export interface MjmlOptions {
    /** `strict` throws on whatever MJML does not know. */
    validationLevel: 'strict';
    keepComments: boolean;
    /** Web fonts to be fetched, by name. */
    fonts: Record<string, string>;
  }
  export default function mjml2html(source: string, options: MjmlOptions): Promise<MjmlResult>;
}
