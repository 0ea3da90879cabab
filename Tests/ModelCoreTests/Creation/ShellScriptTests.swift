import ModelCore
import Testing

@Suite("Shell script")
struct ShellScriptTests {
  @Test(
    "words as a shell makes them",
    arguments: [
      ("a b  c", ["a", "b", "c"]),
      ("a\tb\nc", ["a", "b", "c"]),
      ("'a b' \"c d\" e\\ f", ["a b", "c d", "e f"]),
      ("a'b'\"c\"d", ["abcd"]),
      ("'it'\\''s'", ["it's"]),
      ("\"a\\\"b\\\\c\\nd\"", ["a\"b\\c\\nd"]),
      ("a \\\n  b", ["a", "b"]),
      ("a \\\r\n  b", ["a", "b"]),
      ("a\\\nb", ["ab"]),
      ("a # b c\nd", ["a", "d"]),
      ("a#b '#c'", ["a#b", "#c"]),
      ("''", [""]),
      ("\"\" ''x", ["", "x"]),
      ("$'a\\tb'", ["a\tb"]),
      ("", []),
      ("   \n\n ", []),
      ("größe '日本'", ["größe", "日本"]),
      ("a\\", ["a\\"]),
      ("$ a$ $,", ["$", "a$", "$,"]),
    ] as [(String, [String])])
  func words(text: String, expected: [String]) throws {
    #expect(try ShellWords.split(text) == expected)
  }

  @Test(
    "operators end a command, redirections and here-documents are no words",
    arguments: [
      ("a && b || c; d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
      ("a >out 2>&1 <in b", [["a", "b"]]),
      ("a 2>/dev/null", [["a"]]),
      ("a &>log b", [["a", "b"]]),
      ("a2>log b", [["a2", "b"]]),
      ("cat <<EOF > file\nvllm --x\nEOF\nb c", [["cat"], ["b", "c"]]),
      ("cat <<-'END'\n\ttext\n\tEND\nb", [["cat"], ["b"]]),
      ("(a b)", [[], ["a", "b"]]),
      ("a <<< text b", [["a", "b"]]),
    ] as [(String, [[String]])])
  func commands(text: String, expected: [[String]]) throws {
    let script = try ShellScript(parsing: text)
    #expect(script.commands.map { $0.words.compactMap(\.literal) } == expected)
  }

  @Test(
    "what is not closed is an error in words",
    arguments: ["'a", "\"a", "`a", "$(a", "${a", "$'a", "a \"b 'c'"])
  func unclosed(text: String) {
    let error = #expect(throws: ShellSyntaxError.self) { try ShellScript(parsing: text) }
    #expect(error?.message.contains("not closed") == true)
  }

  @Test(arguments: ["", "a", "a b", "it's", "--x={\"a\": 1}", "$HOME", "a\nb", "日本", "'", "*", "~"])
  func quotingIsTakenApartAgain(text: String) throws {
    #expect(try ShellWords.split(ShellWords.quote(text)) == [text])
  }

  @Test("a megabyte of anything is read in one pass", .timeLimit(.minutes(15)))
  func hostileSizes() {
    for piece in ["a ", "'", "\"$(", "${a", "\\", "`", "<<E\n", "$((", "a=$a$a;", "(", "\n", "é"] {
      let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
      _ = try? ShellScript(parsing: text)
    }
  }
}

@Suite("Command text")
struct CommandTextTests {
  @Test(
    "arguments one on a line, as a shell line, as JSON; a shell where one is needed",
    arguments: [
      (
        "vllm\nserve\norg/m\n--served-model-name\nm",
        ["vllm", "serve", "org/m", "--served-model-name", "m"]
      ),
      (
        "vllm serve org/m \\\n  --served-model-name 'm'",
        ["vllm", "serve", "org/m", "--served-model-name", "m"]
      ),
      ("[\"vllm\", \"serve\", \"a b\"]", ["vllm", "serve", "a b"]),
      ("cd /x && vllm serve m", ["sh", "-c", "cd /x && vllm serve m"]),
      ("  vllm serve $MODEL ", ["sh", "-c", "vllm serve $MODEL"]),
      ("A=b vllm serve m", ["sh", "-c", "A=b vllm serve m"]),
      ("x --chat-template '{\"a\": 1}'", ["x", "--chat-template", "{\"a\": 1}"]),
      ("[ -f x ]", ["[", "-f", "x", "]"]),
      ("", []),
    ] as [(String, [String])])
  func reading(text: String, expected: [String]) throws {
    #expect(try CommandText.arguments(of: text) == expected)
  }

  @Test(
    "what was written is read back",
    arguments: [
      ["vllm", "serve", "m"], ["sh", "-c", "cd /x && exec vllm serve \"$M\"\n# done"],
      ["a", "", "b c", "it's", "[\"x\"]", "$(x)", "line\nline"], [],
    ] as [[String]])
  func roundTrip(arguments: [String]) throws {
    #expect(try CommandText.arguments(of: CommandText.text(of: arguments)) == arguments)
  }
}
