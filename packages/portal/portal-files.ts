const modules = [
  'api.js',
  'builds-view.js',
  'change-actions.js',
  'change-decision.js',
  'change-diff.js',
  'change-facts.js',
  'change-page.js',
  'change-plan.js',
  'change-review.js',
  'change-story.js',
  'changes-page.js',
  'conditions-view.js',
  'confirmed.js',
  'copy.js',
  'element.js',
  'environment-actions.js',
  'environment-form.js',
  'environment-page.js',
  'environment-request-page.js',
  'environment-services.js',
  'environment.js',
  'environments-page.js',
  'failure-note.js',
  'filter-form.js',
  'follow.js',
  'insights-view.js',
  'keep-at-it.js',
  'lines.js',
  'log-tail.js',
  'phase.js',
  'portal.js',
  'releases-view.js',
  'replicas-view.js',
  'rollback.js',
  'route.js',
  'section.js',
  'service-page.js',
  'services-page.js',
  'session.js',
  'sign-in-page.js',
  'source-page.js',
  'teams-page.js',
  'wish.js',
  'words.js',
  'yaml.js',
];

/** Every file that is served: path → name in static/. Nothing else is ever read. */
export const portalFiles: Readonly<Record<string, string>> = {
  '/': 'index.html',
  ...Object.fromEntries(
    ['portal.css', 'environments.css', 'changes.css', 'icon.svg', ...modules].map(file => [
      `/portal/${file}`,
      file,
    ]),
  ),
};

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

export const typeOf = (file: string): string =>
  types[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
