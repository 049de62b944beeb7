import { describe, expect, it } from 'vitest';
import { type Language, languageFor } from '../../../../../functions/domain/email/language.ts';

describe('the language a patient is written to in', () => {
  it.each<[string | null, Language]>([
    ['es', 'es'],
    ['es-MX', 'es'],
    ['es-419', 'es'],
    ['ES', 'es'],
    ['es_PR', 'es'],
    [' es ', 'es'],
    ['spa', 'es'],
    ['spa-US', 'es'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['eng', 'en'],
    // What the practice does not write in, and what is no language: its default.
    ['fr', 'en'],
    ['zh-Hans-CN', 'en'],
    ['est', 'en'],
    ['eso', 'en'],
    ['Spanish', 'en'],
    ['es;q=0.9', 'en'],
    ['', 'en'],
    ['-', 'en'],
    [null, 'en'],
  ])('%j: %s', (tag, language) => expect(languageFor(tag, ['en', 'es'])).toBe(language));

  it('is the practice’s where it offers no other', () => {
    expect(languageFor('es', ['en'])).toBe('en');
    expect(languageFor('en', ['es'])).toBe('es');
    expect(languageFor('fr', ['es', 'en'])).toBe('es');
    expect(languageFor('en-US', ['es', 'en'])).toBe('en');
  });
});
