// The types of @npmcli/config lack this file.
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  const options: Pick<Config.Options, 'definitions' | 'shorthands' | 'flatten'>;
  export = options;
}
