import ArgumentParser

/// `--source`: what an old system is called in `legacy_sub_…`.
struct SourceName: ExpressibleByArgument {
    let text: String

    /// As a claim may be called: 1 to 32 of a-z, 0-9 and _.
    init?(argument: String) {
        let isName = argument.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
        }
        guard isName, (1...32).contains(argument.utf8.count) else { return nil }
        text = argument
    }
}
