import { defineConfig } from 'vite';

// The address that the API is told to expect: ./run.sh serve --cors-origin http://127.0.0.1:5173
export default defineConfig({ base: './', server: { host: '127.0.0.1', port: 5173, strictPort: true } });
