/** Language of the page: English in the source, German as a chunk that is loaded when asked for. */
import { configureLocalization } from '@lit/localize';
import { setFormatLocale } from './format.ts';

const { setLocale } = configureLocalization({
  sourceLocale: 'en',
  targetLocales: ['de'],
  loadLocale: () => import('./de.ts'),
});

/** @param tag BCP 47 of the host; other languages get English words with their own dates and numbers */
export async function useLocale(tag: string): Promise<void> {
  setFormatLocale(tag);
  await setLocale(/^de\b/iu.test(tag) ? 'de' : 'en');
}
