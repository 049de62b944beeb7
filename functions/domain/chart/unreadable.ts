/**
 * Stands for what a chart holds in a form that cannot be read: an object where text belongs, a date that is only an
 * extension. It is no address, no date and no code, so every rule treats it as what it is: there, and of no use.
 */
export const UNREADABLE = '(unreadable)';
