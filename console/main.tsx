/** Where the console begins: reads where it runs, lets the person log in where that is asked, and shows the page. */
import '@cloudscape-design/global-styles/index.css';
import './console.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { followAppearance } from './shell/appearance.ts';
import { Start } from './shell/start.tsx';

followAppearance();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Start />
    </StrictMode>,
  );
}
