const paths = {
  overview: 'M4 13a8 8 0 0 1 16 0M12 13l4-4M4 13v4h16v-4',
  actors: 'M12 4v5M12 9H6v5M12 9h6v5M12 9v5M4 14h4v5H4zM10 14h4v5h-4zM16 14h4v5h-4zM10 2h4v3h-4z',
  traces: 'M3 6h9M7 12h10M13 18h8',
  models: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  events: 'M4 6h16v12H4zM4 13h5l1.5 2.5h3L15 13h5',
  schedules: 'M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  applications: 'M4 8h16v12H4zM8.5 8V5h7v3M4 13h16',
  reports: 'M6 21V4M6 4h12l-2.5 4L18 12H6',
  audit: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6l7-3ZM9 12l2 2 4-4',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  help: 'M9.2 9a3 3 0 1 1 4.3 2.7c-1 .5-1.5 1.1-1.5 2.3M12 17.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  drain: 'M5 5h14l-5 7v6l-4 2v-8z',
  right: 'm10 8 4 4-4 4',
} as const

export type GlyphName = keyof typeof paths

/** Pictures that only the console has; hidden from screen readers like `Icon`. */
export function Glyph({ name, size = 18 }: { name: GlyphName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
