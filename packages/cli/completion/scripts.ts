/** Each script asks `platform complete -- WORDS…`, the last word being the unfinished one, and offers the lines it prints. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# platform completion for bash. Add to ~/.bashrc: eval "$(platform completion bash)"
_platform() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(platform complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _platform platform
`,
  zsh: `# platform completion for zsh. Add to ~/.zshrc: eval "$(platform completion zsh)"
_platform() {
  local -a found
  found=(\${(f)"$(platform complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _platform platform
`,
  fish: `# platform completion for fish. Save: platform completion fish > ~/.config/fish/completions/platform.fish
function __platform_complete
    set -l words (commandline -opc) (commandline -ct)
    platform complete -- $words[2..-1] 2>/dev/null
end
complete -c platform -f -a '(__platform_complete)'
`,
};
