"""Makes a root file system that holds nothing but what a Debian package's dependencies name.

Its files are those of the packages installed on this machine: no network, a few seconds. What is not a dependency of
the package, or of Debian's essential packages, is not there, so a dependency that was forgotten shows at once.
"""

import os
import re
import shutil
import subprocess

DPKG = "/var/lib/dpkg"
# Made by maintainer scripts, which do not run here: the names of no package's list of files.
MADE_BY_SCRIPTS = ["etc/adduser.conf", "etc/deluser.conf", "etc/ssl/certs"]
MADE_BY_SCRIPTS += ["etc/pam.d/common-" + part for part in ("account", "auth", "password", "session", "session-noninteractive")]
# Nobody needs them to run, and they are most of the files.
LEFT_OUT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/", "/usr/share/lintian/", "/usr/share/bug/")


class Missing(Exception):
    """A dependency that is not installed on this machine."""


def stanzas(text):
    """The paragraphs of a control file as {field: value}, each with its text under ""."""
    for paragraph in text.split("\n\n"):
        fields = {"": paragraph}
        for found in re.finditer(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", paragraph, re.M):
            fields[found.group(1)] = found.group(2)
        if "Package" in fields:
            yield fields


def names(field):
    """A field such as Depends: a list of alternatives for each dependency, versions and architectures dropped."""
    for clause in filter(None, (part.strip() for part in field.split(","))):
        yield [re.split(r"[ (:]", one.strip())[0] for one in clause.split("|")]


def installed():
    """Installed packages by name, and who provides what."""
    native = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    packages, providers = {}, {}
    with open(f"{DPKG}/status", encoding="utf-8") as file:
        for fields in stanzas(file.read()):
            if fields["Status"] != "install ok installed" or fields["Architecture"] not in (native, "all"):
                continue
            packages[fields["Package"]] = fields
            for alternatives in names(fields.get("Provides", "")):
                providers.setdefault(alternatives[0], fields["Package"])
    return packages, providers


def closure(wanted):
    """The installed packages that `wanted` (a Depends field) and the essential ones need, with their stanzas."""
    packages, providers = installed()
    todo = [([name], "Debian") for name, fields in packages.items() if fields.get("Essential") == "yes"]
    todo += [(alternatives, "the package") for alternatives in names(wanted)]
    chosen = {}
    while todo:
        alternatives, who = todo.pop()
        name = next((n for n in alternatives if n in packages), None) or next((providers[n] for n in alternatives if n in providers), None)
        if name is None:
            raise Missing(f"{' or '.join(alternatives)}, which {who} needs, is not installed here")
        if name not in chosen:
            chosen[name] = packages[name]
            for field in ("Pre-Depends", "Depends"):
                todo += [(more, name) for more in names(packages[name].get(field, ""))]
    return chosen


def list_file(name, fields):
    for path in (f"{DPKG}/info/{name}.list", f"{DPKG}/info/{name}:{fields['Architecture']}.list"):
        if os.path.exists(path):
            return path
    raise Missing(f"dpkg has no list of the files of {name}")


def copy_files(root, chosen):
    """The files of the packages. /bin, /lib and so on are links into /usr, as everywhere since Debian 12."""
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink("/" + name):
            os.makedirs(f"{root}/usr/{name}", exist_ok=True)
            os.symlink(f"usr/{name}", f"{root}/{name}")
    paths = set()
    for name, fields in chosen.items():
        with open(list_file(name, fields), encoding="utf-8") as file:
            paths.update(line for line in file.read().splitlines() if not line.startswith(LEFT_OUT) and os.path.lexists(line))
    paths.discard("/.")
    send = subprocess.Popen(["tar", "-C", "/", "-c", "--no-recursion", "--null", "-T", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    take = subprocess.Popen(["tar", "-C", root, "-x", "-p", "--keep-directory-symlink"], stdin=send.stdout)
    send.stdout.close()
    # In order of their names, so that a folder comes before what is in it.
    send.stdin.write("".join(path.lstrip("/") + "\0" for path in sorted(paths)).encode())
    send.stdin.close()
    if send.wait() or take.wait():
        raise RuntimeError("the files could not be copied")


def copy_database(root, chosen):
    """dpkg's own knowledge of the packages."""
    for folder in ("info", "updates", "triggers", "alternatives", "parts"):
        os.makedirs(f"{root}{DPKG}/{folder}", exist_ok=True)
    with open(f"{root}{DPKG}/status", "w", encoding="utf-8") as file:
        file.writelines(fields[""].strip("\n") + "\n\n" for fields in chosen.values())
    wanted = set(chosen) | {f"{name}:{fields['Architecture']}" for name, fields in chosen.items()}
    for entry in os.listdir(f"{DPKG}/info"):
        if entry == "format" or entry.rsplit(".", 1)[0] in wanted:
            shutil.copy2(f"{DPKG}/info/{entry}", f"{root}{DPKG}/info/{entry}")
    # Who wants to hear of what; a line ends with the package's name. Without Unincorp dpkg thinks it has to begin anew.
    open(f"{root}{DPKG}/triggers/Unincorp", "w", encoding="utf-8").close()
    for entry in set(os.listdir(f"{DPKG}/triggers")) - {"Lock", "Unincorp"}:
        with open(f"{DPKG}/triggers/{entry}", encoding="utf-8") as file:
            kept = [line for line in file if line.split()[-1].split("/")[0].split(":")[0] in chosen]
        if kept:
            with open(f"{root}{DPKG}/triggers/{entry}", "w", encoding="utf-8") as file:
                file.writelines(kept)


def copy_alternatives(root):
    """The links of update-alternatives, as far as they lead to something that is in `root`."""
    os.makedirs(f"{root}/etc/alternatives", exist_ok=True)
    for group in os.listdir(f"{DPKG}/alternatives"):
        with open(f"{DPKG}/alternatives/{group}", encoding="utf-8") as file:
            head = file.read().split("\n\n")[0].splitlines()[1:]
        # The link of the group, then name and link of each one that follows it.
        links = {group: head[0], **dict(zip(head[1::2], head[2::2]))}
        for name, link in links.items():
            middle = f"/etc/alternatives/{name}"
            if os.path.islink(middle) and os.path.exists(root + os.readlink(middle)) and not os.path.lexists(root + link):
                os.symlink(os.readlink(middle), root + middle)
                os.makedirs(os.path.dirname(root + link), exist_ok=True)
                os.symlink(middle, root + link)


def write_settings(root):
    """What a fresh system has in /etc beside the packages' files."""
    for path in MADE_BY_SCRIPTS:
        if os.path.isdir("/" + path):
            shutil.copytree("/" + path, f"{root}/{path}", symlinks=True, dirs_exist_ok=True)
        elif os.path.exists("/" + path):
            shutil.copy2("/" + path, f"{root}/{path}")
    for name in ("passwd", "group"):
        shutil.copy(f"{root}/usr/share/base-passwd/{name}.master", f"{root}/etc/{name}")
    shutil.copy(f"{root}/usr/share/libc-bin/nsswitch.conf", f"{root}/etc/nsswitch.conf")
    with open(f"{root}/etc/hosts", "w", encoding="utf-8") as file:
        file.write("127.0.0.1 localhost\n::1 localhost\n")
    for folder, mode in (("dev", 0o755), ("proc", 0o555), ("run", 0o755), ("tmp", 0o1777), ("var/tmp", 0o1777)):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
        os.chmod(f"{root}/{folder}", mode)
    subprocess.run(["chroot", root, "sh", "-ec", "pwconv; grpconv; ldconfig"], check=True)


def make(root, depends):
    """Fills the folder `root`; `depends` is the package's Depends field. Returns the names of its packages."""
    chosen = closure(depends)
    copy_files(root, chosen)
    copy_database(root, chosen)
    copy_alternatives(root)
    write_settings(root)
    return sorted(chosen)
