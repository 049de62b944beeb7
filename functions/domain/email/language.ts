/** In which language a patient is written to. */

/** What the notification is written in, by ISO 639-1 code. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The language of `tag` where the practice offers it, else the practice's first. A chart holds BCP 47 tags (`es-MX`), older
 * ones ISO 639-2 codes (`spa`), or what somebody typed; Intl knows that the first two are Spanish, and refuses the third.
 */
export function languageFor(tag: string | null, offered: readonly [Language, ...Language[]]): Language {
  return offered.find((language) => language === languageOf(tag)) ?? offered[0];
}

/** The language of `tag`, as above, or null where it is none of ours. */
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
