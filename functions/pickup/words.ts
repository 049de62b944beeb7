/** Every word of the pick-up page, in the languages that it speaks. */

import { type Language, languageOf } from '../domain/email/language.ts';
import type { DateFault } from '../domain/pickup/birth-date.ts';

export interface Words {
  locale: string;
  /** Name of the other language, in that language. */
  other: { language: Language; name: string };
  ask: {
    title: string;
    why: string;
    birthDate: string;
    example: string;
    month: string;
    day: string;
    year: string;
    lastName: string;
    lastNameHint: string;
    show: string;
  };
  /** The order in which dates are written. */
  order: readonly ('month' | 'day' | 'year')[];
  error: string;
  mend: string;
  faults: Record<DateFault, string> & { LAST_NAME: string };
  /** For a wrong link, a wrong answer and both: the text does not say which. */
  refused: { title: string; what: string; tries: readonly string[] };
  late: { title: string; what: string };
  pin: { title: string; until: string; spelled: string; copy: string; copied: string; notCopied: string };
  /** What to do with the PIN. */
  use: { title: string; portal: string; enter: string; keep: string };
  expired: { title: string; what: string; offer: string; send: string };
  asked: { title: string; what: string; wait: string };
  paused: { title: string; what: string };
  replaced: { title: string; what: string };
  registered: { title: string; what: string; portal: string; notYou: string };
  tooMany: { title: string; what: string };
  unavailable: { title: string; what: string };
  badRequest: { title: string; what: string };
  help: string;
}

const EN: Words = {
  locale: 'en-US',
  other: { language: 'es', name: 'Español' },
  ask: {
    title: 'Get your patient portal PIN',
    why: 'To keep your PIN private, we first ask for your date of birth.',
    birthDate: 'What is your date of birth?',
    example: 'For example: March 27, 1957, or 3 27 1957',
    month: 'Month',
    day: 'Day',
    year: 'Year',
    lastName: 'What is your last name?',
    lastNameHint: 'As our office has it',
    show: 'Show my PIN',
  },
  order: ['month', 'day', 'year'],
  error: 'Error',
  mend: 'Please correct this',
  faults: {
    MISSING: 'Enter the month, the day and the year of your birth',
    WHOLE_DATE_IN_ONE_FIELD: 'Enter the month, the day and the year each in its own box',
    MONTH: 'The month must be a number from 1 to 12 or a name, for example 3 or March',
    DAY: 'The day must be a number from 1 to 31',
    TWO_DIGIT_YEAR: 'Enter all four digits of the year, for example 1957',
    YEAR: 'The year must have four digits, for example 1957',
    NO_SUCH_DAY: 'There is no such day. Check the day, the month and, for February 29, the year',
    FUTURE: 'Your date of birth must be in the past',
    LAST_NAME: 'Enter your last name',
  },
  refused: {
    title: 'We cannot show a PIN',
    what: 'Either what you entered does not match our records, or this link does not work any more.',
    tries: [
      'Check what you entered and try again.',
      'Use the link in our newest message to you. Each new message ends the links before it.',
      'After a few wrong tries a link stops working, to keep your PIN private.',
    ],
  },
  late: { title: 'This page was open too long', what: 'Please enter your date of birth again.' },
  pin: {
    title: 'Your PIN',
    until: 'It works until',
    spelled: 'One by one:',
    copy: 'Copy the PIN',
    copied: 'The PIN was copied.',
    notCopied: 'The PIN could not be copied. Please write it down.',
  },
  use: {
    title: 'What to do now',
    portal: 'Open the patient portal:',
    enter: 'Sign up there with this PIN.',
    keep: 'Keep it to yourself. We never ask for it by phone, by text message or by email.',
  },
  expired: {
    title: 'Your PIN has expired',
    what: 'This PIN expired after 30 days.',
    offer: 'We can make a new one and send you a message about it, to the email address that our office has for you.',
    send: 'Send me a new one',
  },
  asked: {
    title: 'A new message is on its way',
    what: 'We are making a new PIN. You will get a message with a new link, at the email address that our office has for you.',
    wait: 'It should be there within an hour. If it is not, please call us.',
  },
  paused: {
    title: 'We cannot make a new PIN just now',
    what: 'Please try again tomorrow, or call us.',
  },
  replaced: {
    title: 'There is a newer PIN',
    what: 'This link is for a PIN that has been replaced. Please use the link in our newest message to you, or the PIN that our office gave you.',
  },
  registered: {
    title: 'You have already signed up',
    what: 'You have an account at the patient portal, so you need no PIN.',
    portal: 'Go to the patient portal:',
    notYou: 'If you have not signed up, please call us at once.',
  },
  tooMany: {
    title: 'Too many tries',
    what: 'There were many tries from your network within an hour. Please try again in an hour.',
  },
  unavailable: {
    title: 'We cannot answer just now',
    what: 'Nothing is lost. Please try again in a few minutes.',
  },
  badRequest: {
    title: 'That did not work',
    what: 'Please open the link in our message again.',
  },
  help: 'Questions? Call',
};

const ES: Words = {
  locale: 'es-US',
  other: { language: 'en', name: 'English' },
  ask: {
    title: 'Obtenga su PIN del portal del paciente',
    why: 'Para proteger su PIN, primero le preguntamos su fecha de nacimiento.',
    birthDate: '¿Cuál es su fecha de nacimiento?',
    example: 'Por ejemplo: 27 de marzo de 1957, o 27 3 1957',
    month: 'Mes',
    day: 'Día',
    year: 'Año',
    lastName: '¿Cuál es su apellido?',
    lastNameHint: 'Como lo tiene nuestro consultorio',
    show: 'Mostrar mi PIN',
  },
  order: ['day', 'month', 'year'],
  error: 'Error',
  mend: 'Por favor, corrija esto',
  faults: {
    MISSING: 'Escriba el día, el mes y el año de su nacimiento',
    WHOLE_DATE_IN_ONE_FIELD: 'Escriba el día, el mes y el año, cada uno en su casilla',
    MONTH: 'El mes debe ser un número del 1 al 12 o un nombre, por ejemplo 3 o marzo',
    DAY: 'El día debe ser un número del 1 al 31',
    TWO_DIGIT_YEAR: 'Escriba las cuatro cifras del año, por ejemplo 1957',
    YEAR: 'El año debe tener cuatro cifras, por ejemplo 1957',
    NO_SUCH_DAY: 'Ese día no existe. Revise el día, el mes y, si es el 29 de febrero, el año',
    FUTURE: 'Su fecha de nacimiento debe estar en el pasado',
    LAST_NAME: 'Escriba su apellido',
  },
  refused: {
    title: 'No podemos mostrar ningún PIN',
    what: 'O lo que escribió no coincide con nuestros datos, o este enlace ya no funciona.',
    tries: [
      'Revise lo que escribió e inténtelo de nuevo.',
      'Use el enlace de nuestro mensaje más reciente. Cada mensaje nuevo anula los enlaces anteriores.',
      'Después de varios intentos fallidos, el enlace deja de funcionar para proteger su PIN.',
    ],
  },
  late: {
    title: 'Esta página estuvo abierta demasiado tiempo',
    what: 'Por favor, escriba de nuevo su fecha de nacimiento.',
  },
  pin: {
    title: 'Su PIN',
    until: 'Funciona hasta el',
    spelled: 'Uno por uno:',
    copy: 'Copiar el PIN',
    copied: 'El PIN se ha copiado.',
    notCopied: 'No se pudo copiar el PIN. Por favor, anótelo.',
  },
  use: {
    title: 'Qué hacer ahora',
    portal: 'Abra el portal del paciente:',
    enter: 'Regístrese allí con este PIN.',
    keep: 'No lo comparta con nadie. Nunca se lo pediremos por teléfono, mensaje de texto ni correo electrónico.',
  },
  expired: {
    title: 'Su PIN ha caducado',
    what: 'Un PIN funciona durante 30 días, y ya han pasado.',
    offer:
      'Podemos crear uno nuevo y enviarle un mensaje a la dirección de correo electrónico que tiene nuestro consultorio.',
    send: 'Enviarme uno nuevo',
  },
  asked: {
    title: 'Hay un mensaje nuevo en camino',
    what: 'Estamos creando un PIN nuevo. Recibirá un mensaje con un enlace nuevo en la dirección de correo electrónico que tiene nuestro consultorio.',
    wait: 'Debería llegar dentro de una hora. Si no llega, llámenos, por favor.',
  },
  paused: {
    title: 'Ahora no podemos crear un PIN nuevo',
    what: 'Por favor, inténtelo de nuevo mañana o llámenos.',
  },
  replaced: {
    title: 'Hay un PIN más reciente',
    what: 'Este enlace es de un PIN que ya fue sustituido. Por favor, use el enlace de nuestro mensaje más reciente o el PIN que le dio nuestro consultorio.',
  },
  registered: {
    title: 'Usted ya está registrado',
    what: 'Ya tiene una cuenta en el portal del paciente, así que no necesita ningún PIN.',
    portal: 'Vaya al portal del paciente:',
    notYou: 'Si usted no se ha registrado, llámenos de inmediato, por favor.',
  },
  tooMany: {
    title: 'Demasiados intentos',
    what: 'Hubo muchos intentos desde su red en una hora. Por favor, inténtelo de nuevo dentro de una hora.',
  },
  unavailable: {
    title: 'Ahora no podemos responder',
    what: 'No se ha perdido nada. Por favor, inténtelo de nuevo en unos minutos.',
  },
  badRequest: {
    title: 'Eso no funcionó',
    what: 'Por favor, abra de nuevo el enlace de nuestro mensaje.',
  },
  help: '¿Preguntas? Llame al',
};

export const WORDS: Record<Language, Words> = { en: EN, es: ES };

/** The one of the page's languages that a browser prefers (RFC 9110 §12.5.4), or null. */
export function preferredLanguage(acceptLanguage: string): Language | null {
  let best: { language: Language; weight: number } | null = null;
  for (const range of acceptLanguage.slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = range.trim().split(';');
    const language = languageOf(tag.trim());
    const quality = parameters.map((each) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/.exec(each)?.[1]).find(Boolean);
    const weight = Number(quality ?? 1);
    if (language !== null && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? null;
}
