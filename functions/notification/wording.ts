/**
 * The words of the mail, by language and kind. Mustache fills the tags; `day` and `until` are the PIN's expiry, without and
 * with the time. No patient, nothing medical: what stands here is read on a locked phone (P14).
 */
import type { MessageKind } from '../domain/case/account.ts';
import type { Language } from '../domain/email/language.ts';

/** What differs between the kinds. The subject stands alone in a list of mails: the sender's name is beside it. */
interface KindWords {
  subject: string;
  heading: string;
  message: string;
}

interface CommonWords {
  preview: string;
  greeting: string;
  validUntil: string;
  action: string;
  protection: string;
  copy: string;
  questions: string;
  noReply: string;
}

interface Wording {
  /** For dates: the language as it is read where the practices are. */
  locale: string;
  common: CommonWords;
  kinds: Record<MessageKind, KindWords>;
}

const ENGLISH: Wording = {
  locale: 'en-US',
  common: {
    preview: 'Your access code is valid until {{until}}.',
    greeting: 'Hello,',
    validUntil: 'Your access code is valid until',
    action: 'Get your access code',
    protection:
      'For your protection the code is not in this message. The page asks who you are before it shows the code.',
    copy: 'If the button does not work, copy this address into your browser:',
    questions: 'Questions, or not expecting this message? Call {{practice}} at {{phone}}.',
    noReply:
      'This message was sent automatically. Please do not reply to it, and do not send medical information by email.',
  },
  kinds: {
    NEW_PIN: {
      subject: 'Your access to the patient portal is ready',
      heading: 'Your access to the patient portal is ready',
      message: '{{practice}} has a new access code to the patient portal for you. Your earlier code has expired.',
    },
    REQUESTED: {
      subject: 'Your new access code to the patient portal is ready',
      heading: 'Your new access code is ready',
      message:
        'A new access code to the patient portal of {{practice}} was requested for you. Your earlier code no longer works.',
    },
    REMINDER: {
      subject: 'Reminder: your access to the patient portal ends on {{day}}',
      heading: 'Your access to the patient portal ends on {{day}}',
      message:
        'You have not signed up for the patient portal of {{practice}} yet. Your access code still works. If you have signed up in the meantime, there is nothing to do.',
    },
  },
};

const SPANISH: Wording = {
  locale: 'es-US',
  common: {
    preview: 'Su código de acceso es válido hasta el {{until}}.',
    greeting: 'Hola:',
    validUntil: 'Su código de acceso es válido hasta el',
    action: 'Obtener mi código de acceso',
    protection:
      'Para protegerle, el código no está en este mensaje. La página le pregunta quién es usted antes de mostrarlo.',
    copy: 'Si el botón no funciona, copie esta dirección en su navegador:',
    questions: '¿Tiene preguntas o no esperaba este mensaje? Llame a {{practice}} al {{phone}}.',
    noReply:
      'Este mensaje se envió automáticamente. Por favor, no lo responda y no envíe información médica por correo electrónico.',
  },
  kinds: {
    NEW_PIN: {
      subject: 'Su acceso al portal de pacientes está listo',
      heading: 'Su acceso al portal de pacientes está listo',
      message:
        '{{practice}} tiene para usted un nuevo código de acceso al portal de pacientes. Su código anterior ya venció.',
    },
    REQUESTED: {
      subject: 'Su nuevo código de acceso al portal de pacientes está listo',
      heading: 'Su nuevo código de acceso está listo',
      message:
        'Se solicitó para usted un nuevo código de acceso al portal de pacientes de {{practice}}. Su código anterior ya no funciona.',
    },
    REMINDER: {
      subject: 'Recordatorio: su acceso al portal de pacientes termina el {{day}}',
      heading: 'Su acceso al portal de pacientes termina el {{day}}',
      message:
        'Usted todavía no se ha registrado en el portal de pacientes de {{practice}}. Su código de acceso sigue siendo válido. Si ya se registró, no tiene que hacer nada.',
    },
  },
};

export const WORDING: Record<Language, Wording> = { en: ENGLISH, es: SPANISH };
