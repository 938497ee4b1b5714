/** The number of conversations with unread lines on everything that leads to chat. */

const PLACES = '#taskmenu a.button-coi, a.coi-toggle';
const MOST = 99;

export function showUnread(count: number): void {
  for (const place of document.querySelectorAll<HTMLElement>(PLACES)) {
    const known = place.querySelector('.coi-badge');
    if (count === 0) {
      known?.remove();
    } else {
      const badge = known ?? place.appendChild(document.createElement('span'));
      badge.className = 'coi-badge';
      badge.textContent = count > MOST ? `${MOST}+` : String(count);
    }
  }
}
