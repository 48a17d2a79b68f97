# Replaces @HOOKS@ in the second file by the functions of the first, hooks.def:
# OW_HOOK(type, name, (parameters)). The name stands behind the first comma;
# no type has one.
FNR == NR {
    if ($0 ~ /^[ \t]*OW_HOOK[A-Z_]*\(/) {
        split($0, part, ",")
        gsub(/[ \t)]/, "", part[2])
        name[++names] = part[2]
    }
    next
}
/^@HOOKS@$/ {
    for (i = 1; i <= names; i++)
        print ".Fn " name[i] (i < names ? " ," : "")
    next
}
{ print }
