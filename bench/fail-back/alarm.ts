export const ALARM = 'errors'
