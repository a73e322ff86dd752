import { Failure } from './api.js';
import { h } from './element.js';
import { prose } from './failure-note.js';
import { tokenIn } from './session.js';

/**
 * @param {{ refused?: Failure | undefined, busy?: boolean, onToken?: (token: string) => void, onWrong?: (failure: Failure) => void }} state
 */
export const signInView = ({ refused, busy, onToken, onWrong }) =>
  h(
    'div',
    { class: 'sign-in' },
    h('h1', {}, 'Sign in'),
    h('p', {}, 'On the machine where the platform runs, this opens the portal signed in:'),
    h('pre', {}, 'platform open'),
    h(
      'p',
      {},
      'From another machine, sign in there first with ',
      h('code', {}, 'platform login'),
      ', or paste a token:',
    ),
    h(
      'form',
      {
        onsubmit(/** @type {any} */ event) {
          event.preventDefault();
          const token = tokenIn(event.target.elements.token.value);
          if (token) onToken?.(token);
          else
            onWrong?.(
              new Failure({
                code: 'Unauthenticated',
                message: 'A token is one word, without spaces or line breaks.',
              }),
            );
        },
      },
      h('label', { for: 'token' }, 'Token'),
      h('input', {
        id: 'token',
        name: 'token',
        type: 'password',
        required: true,
        autocomplete: 'off',
        spellcheck: 'false',
        'aria-invalid': refused ? 'true' : undefined,
        'aria-describedby': 'refused',
      }),
      h(
        'p',
        { id: 'refused', class: 'refused', role: 'alert' },
        refused && [prose(refused.message), ' ', prose(refused.next ?? '')],
      ),
      h('button', { class: 'main', disabled: busy }, 'Sign in'),
    ),
    h('p', { class: 'quiet' }, 'It stays in this tab and is forgotten with it.'),
  );
