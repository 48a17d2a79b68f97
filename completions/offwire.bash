# Completion for bash. It asks `offwire --help` for the commands and
# `offwire COMMAND --help` for their options, so that it has no list of its own.

_offwire_words()
{
    "$1" ${2:+"$2"} --help 2>/dev/null
}

_offwire()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local i command=

    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        local commands
        commands=$(_offwire_words "$1" | sed -n 's/^  \([a-z]*\)  .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- \
            "$word")
        return
    fi
    command=${COMP_WORDS[1]}
    for ((i = 2; i < COMP_CWORD; i++)); do
        # Behind "--" stands the program with its arguments.
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            if ((i == COMP_CWORD - 1)); then
                mapfile -t COMPREPLY < <(compgen -c -- "$word")
            else
                compopt -o default
            fi
            return
        fi
    done
    if [[ $word == -* && $before != --rules ]]; then
        local options
        options=$(_offwire_words "$1" "$command" |
            grep -oE -- '(^|[^[:alnum:]-])--[a-z][a-z-]*' | grep -oE -- '--.*')
        mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$word")
        return
    fi
    compopt -o default 2>/dev/null
}

complete -F _offwire offwire
