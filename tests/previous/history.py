"""The commit before, out of the history: its schema and, when they are wanted, its programs.

Whatever needs it is skipped, and says so, where there is no history with that commit (an unpacked
release, a shallow clone).
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
SKIPPED = 77  # what ctest takes for "skipped"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def run(*words, **more):
    return subprocess.run(words, check=True, **more)


def commit(wanted=None):
    """The whole hash of the commit that is asked for, or that `commit` in this folder names."""
    if wanted is None:
        with open(os.path.join(HERE, "commit"), encoding="ascii") as file:
            wanted = file.read().strip()
    if shutil.which("git") is None:
        skip("there is no git here")
    said = subprocess.run(["git", "-C", ROOT, "rev-parse", "--verify", "--quiet", wanted + "^{commit}"],
                          text=True, capture_output=True, check=False)
    if said.returncode != 0:
        skip(f"{wanted} is not in the history of {ROOT}")
    return said.stdout.strip()


def source(name, *paths):
    """A folder with the files of that commit, in build/previous, taken out once."""
    folder = os.path.join(ROOT, "build", "previous", name[:12], "source")
    if all(os.path.exists(os.path.join(folder, path)) for path in paths or ["CMakeLists.txt"]):
        return folder
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryFile() as archive:
        run("git", "-C", ROOT, "archive", name, *paths, stdout=archive)
        archive.seek(0)
        run("tar", "-x", "-C", folder, stdin=archive)
    return folder


def programs(name):
    """The folder of that commit's tefterd and tefter, built when they are not there yet."""
    folder = os.path.join(ROOT, "build", "previous", name[:12], "build")
    binaries = os.path.join(folder, "bin")
    if all(os.path.exists(os.path.join(binaries, program)) for program in ("tefterd", "tefter")):
        return binaries
    print(f"building {name[:12]} in {folder}", flush=True)
    os.makedirs(folder, exist_ok=True)
    log = os.path.join(folder, "build.log")
    for words in (["cmake", "-S", source(name), "-B", folder, "-G", "Ninja",
                   "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DTEFTER_SKIP=tests;tools"],
                  ["cmake", "--build", folder, "--target", "tefterd", "tefter"]):
        with open(log, "a", encoding="utf-8") as out:
            if subprocess.run(words, stdout=out, stderr=out, check=False).returncode != 0:
                sys.exit(f"{name[:12]} cannot be built: {log}")
    return binaries


def schema(folder):
    """All messages and enums of a folder of .proto files: {full name: descriptor}."""
    from google.protobuf import descriptor_pb2
    files = sorted(name for name in os.listdir(folder) if name.endswith(".proto"))
    with tempfile.NamedTemporaryFile(suffix=".pb") as out:
        run("protoc", "-I", folder, "-o", out.name, *files, stderr=subprocess.DEVNULL)
        told = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    types = {}
    for file in told.file:
        for one in list(file.message_type) + list(file.enum_type):
            types[f".{file.package}.{one.name}"] = one
    return types
