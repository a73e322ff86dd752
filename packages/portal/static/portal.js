import { createApi, whoAmI } from './api.js';
import { changePage } from './change-page.js';
import { changesPage } from './changes-page.js';
import { h, patch } from './element.js';
import { environmentPage } from './environment-page.js';
import { environmentRequestPage } from './environment-request-page.js';
import { environmentsPage } from './environments-page.js';
import { parseRoute } from './route.js';
import { servicePage } from './service-page.js';
import { servicesPage } from './services-page.js';
import { session } from './session.js';
import { signInView } from './sign-in-page.js';
import { sourcePage } from './source-page.js';
import { teamsPage } from './teams-page.js';

/**
 * What a page is given. Its `signal` ends with the page; `refresh` shows the page’s view again; `connection` says that
 * the platform was heard, or how it was lost; `say` tells the person something that passes.
 *
 * @typedef {{ api: import('./api.js').Api, signal: AbortSignal, refresh: () => void, person: () => string | undefined,
 *   connection: (lost?: import('./api.js').Failure) => void, say: (text: string) => void }} Context
 * @typedef {{ title: string, view: (now: number) => import('./element.js').Content }} Page
 */

/** @param {string} id @returns {HTMLElement} */
const element = id => /** @type {HTMLElement} */ (document.getElementById(id));
const main = element('content');

/** @type {Page | undefined} */
let page;
/** @type {string | undefined} */
let user;
/** How the connection is; `idle` on a page that holds none. @type {import('./phase.js').Tone} */
let heard = 'idle';
/** @type {import('./api.js').Failure | undefined} */
let lost;
let closePage = new AbortController();
let shown = 0;
let asked = false;

/** @param {ReturnType<typeof parseRoute>['page']} current */
const header = current => [
  h(
    'a',
    { class: 'brand', href: '#/services' },
    h('img', { src: '/portal/icon.svg', alt: '', width: 28, height: 28 }),
    'Causeway',
  ),
  session.token && [
    h('nav', { 'aria-label': 'Pages' }, [
      h('a', { href: '#/services', 'aria-current': current.startsWith('service') && 'page' }, 'Services'),
      h(
        'a',
        { href: '#/environments', 'aria-current': current.startsWith('environment') && 'page' },
        'Environments',
      ),
      h('a', { href: '#/changes', 'aria-current': current.startsWith('change') && 'page' }, 'Changes'),
      h('a', { href: '#/teams', 'aria-current': current === 'teams' && 'page' }, 'Teams'),
    ]),
    h('span', { class: `live ${heard}`, title: lost?.message }, heard === 'busy' ? 'Reconnecting' : 'Live'),
    h('span', { class: 'user' }, user),
    h('button', { type: 'button', onclick: () => signOut() }, 'Sign out'),
  ],
];

const show = () => {
  asked = false;
  patch(element('header'), header(parseRoute(location.hash).page));
  patch(main, h('div', { key: shown, class: 'page' }, page?.view(Date.now())));
  document.title = page ? `${page.title} · Causeway` : 'Causeway';
};

/** Shows the page with the next frame; many changes at once are one update. */
const refresh = () => {
  if (!asked) requestAnimationFrame(show);
  asked = true;
};

/** @param {string} text */
const say = text => {
  element('said').textContent = text;
  setTimeout(() => {
    if (element('said').textContent === text) element('said').textContent = '';
  }, 6000);
};

/** Replaces what is shown. @param {(signal: AbortSignal) => Page} open */
const turnTo = open => {
  closePage.abort();
  closePage = new AbortController();
  page = open(closePage.signal);
  shown += 1;
  lost = undefined;
  heard = 'idle';
  refresh();
};

/** @param {import('./api.js').Failure} [refused] */
const askForToken = refused => {
  session.end();
  user = undefined;
  const state = { refused, busy: false };
  turnTo(signal => ({
    title: 'Sign in',
    view: () =>
      signInView({
        ...state,
        onWrong(failure) {
          state.refused = failure;
          refresh();
        },
        async onToken(token) {
          state.busy = true;
          refresh();
          try {
            user = await whoAmI(createApi(token));
            if (!signal.aborted) session.begin(token);
            openRoute();
          } catch (error) {
            state.refused = /** @type {any} */ (error);
          }
          state.busy = false;
          refresh();
        },
      }),
  }));
};

const signOut = () => {
  askForToken();
  say('You are signed out.');
};

const openRoute = () => {
  const { token } = session;
  if (!token) return askForToken();
  turnTo(signal => {
    const api = createApi(token, failure => !signal.aborted && askForToken(failure));
    if (!user)
      whoAmI(api)
        .then(name => {
          if (session.token === token) user = name;
          refresh();
        })
        .catch(() => {});
    /** @type {Context} */
    const context = {
      api,
      signal,
      refresh,
      say,
      person: () => user,
      connection(failure) {
        if (signal.aborted) return;
        lost = failure;
        heard = failure ? 'busy' : 'good';
        refresh();
      },
    };
    const route = parseRoute(location.hash);
    if (route.page === 'services') return servicesPage(context, route);
    if (route.page === 'service') return servicePage(context, route);
    if (route.page === 'environments') return environmentsPage(context, route);
    if (route.page === 'environment') return environmentPage(context, route);
    if (route.page === 'environment-request') return environmentRequestPage(context, route);
    if (route.page === 'changes') return changesPage(context, route);
    if (route.page === 'change') return changePage(context, route);
    if (route.page === 'teams') return teamsPage(context);
    if (route.page === 'source') return sourcePage(context, route);
    return {
      title: 'Not found',
      view: () => [
        h('h1', {}, 'There is nothing here'),
        h('p', {}, h('a', { href: '#/services' }, 'All services')),
      ],
    };
  });
};

addEventListener('hashchange', () => {
  if (session.takeFromAddress()) user = undefined;
  openRoute();
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(input|select|textarea)$/i.test(document.activeElement?.tagName ?? '')) return;
  const text = document.getElementById('text');
  if (text) event.preventDefault();
  text?.focus();
});
element('skip').onclick = () => main.focus();
// Ages grow while nothing happens.
setInterval(() => document.hidden || refresh(), 1000);

session.takeFromAddress();
openRoute();
