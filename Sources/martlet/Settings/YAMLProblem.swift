import OAuth
import Yams

/// What the YAML reader found wrong, in one sentence and with its place.
extension YamlError {
    func place(in path: String) -> String {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): "\(path):\(mark)"
        case .duplicatedKeysInMapping(_, let context): "\(path):\(context.mark)"
        default: path
        }
    }

    var problem: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
            .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
            PlainText.escaped(problem)
        case .duplicatedKeysInMapping(let keys, _):
            "\(keys.map(Seen.quoted).joined(separator: " and ")) stands there more than once"
        case .dataCouldNotBeDecoded: "it is not UTF-8"
        case .no, .memory: "there is not enough memory"
        }
    }
}
