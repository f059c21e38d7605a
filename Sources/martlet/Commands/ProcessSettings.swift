import Foundation
import Logging
import OAuth

extension Settings {
    /// As file and environment of this process have them.
    static func ofThisProcess() throws(SettingsFaults) -> Settings {
        try read(environment: ProcessInfo.processInfo.environment)
    }

    /// For commands: what matters to somebody at a terminal, and the record of security events.
    var commandLogger: Logger {
        var quieter = log
        quieter.level = max(log.level, .notice)
        return quieter.logger("martlet")
    }

    /// How long a signature made now may still have to be verified.
    var longestToken: Int64 { max(900, tokens.idToken) }
}
