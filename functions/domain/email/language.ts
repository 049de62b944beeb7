/** The language of a patient's mails. */

/** Languages of the notification, as ISO 639-1 codes. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The language of `tag` if the practice offers it, else the practice's first. Charts hold BCP 47 tags (`es-MX`), ISO 639-2
 * codes (`spa`) or free text; Intl recognizes the first two as Spanish and rejects the third.
 */
export function languageFor(tag: string | null, offered: readonly [Language, ...Language[]]): Language {
  return offered.find((language) => language === languageOf(tag)) ?? offered[0];
}

/** The language of `tag`, as above; null if we do not offer it. */
export function languageOf(tag: string | null): Language | null {
  const spoken = tag === null ? null : primaryLanguageOf(tag.trim().replaceAll('_', '-'));
  return LANGUAGES.find((language) => language === spoken) ?? null;
}

function primaryLanguageOf(tag: string): string | null {
  try {
    return new Intl.Locale(tag).language ?? null;
  } catch {
    return null;
  }
}
