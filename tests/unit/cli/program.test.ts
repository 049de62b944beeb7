import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../cli/failure.ts';
import { program } from '../../../cli/program.ts';

/** What a command's --help prints. */
function helpOf(command: typeof program): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

describe('help', () => {
  it('names every command, every exit code and how it is used', () => {
    const help = helpOf(program);
    expect(program.commands.length).toBeGreaterThan(12);
    for (const command of program.commands) expect(help).toContain(`  ${command.name()} `);
    expect(help).toContain('Examples:');
    const [, codes = ''] = /Exit codes: (.*)\.$/m.exec(help) ?? [];
    expect(codes.split(', ').flatMap((each) => /^\d+/.exec(each) ?? [])).toEqual(Object.values(EXIT).map(String));
    expect(help).toContain('--json');
  });

  it.each(program.commands)('of $name shows an example that it takes', (command) => {
    const help = helpOf(command);
    expect(command.description()).not.toBe('');
    const examples = [...help.matchAll(/^ {2}portal-pin (.*)$/gm)].map(([, example = '']) => example);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const given = example.replaceAll(/"[^"]*"/g, 'text').split(' ');
      expect(given).toContain(command.name());
      const known = [...program.options, ...command.options].map(({ long }) => long);
      for (const option of given.filter((each) => each.startsWith('--'))) expect(known).toContain(option);
    }
  });
});
