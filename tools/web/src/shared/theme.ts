import { signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'
const key = 'jobraker.theme'

function stored(): Theme {
  const value = localStorage.getItem(key)
  return value === 'light' || value === 'dark' ? value : 'system'
}

/** What the person has chosen; public/theme.js applies it before the first paint. */
export const theme = signal<Theme>(stored())

export function setTheme(value: Theme): void {
  theme.value = value
  if (value === 'system') {
    localStorage.removeItem(key)
    delete document.documentElement.dataset['theme']
  } else {
    localStorage.setItem(key, value)
    document.documentElement.dataset['theme'] = value
  }
}
