/** In which language a patient is written to. */

/** What the notification is written in, by ISO 639-1 code. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The language of `tag` where the practice offers it, else the practice's first. A chart holds BCP 47 tags (`es-MX`), older
 * ones ISO 639-2 codes (`spa`), or what somebody typed; Intl knows that the first two are Spanish, and refuses the third.
 */
export function languageFor(tag: string | null, offered: readonly [Language, ...Language[]]): Language {
  const spoken = tag === null ? null : primaryLanguageOf(tag.trim().replaceAll('_', '-'));
  return offered.find((language) => language === spoken) ?? offered[0];
}

function primaryLanguageOf(tag: string): string | null {
  try {
    return new Intl.Locale(tag).language ?? null;
  } catch {
    return null;
  }
}
