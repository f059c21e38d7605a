import ArgumentParser

/// `martlet client`: the apps that may ask people to sign in.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Register client apps, and change them and their secrets.",
        discussion: """
            A client is registered in one of two places, with the names of RFC 7591 in both.

              folder     a file Clients/<client_id>.json, which you may edit. A server reads it when it starts and \
            on SIGHUP. New clients go here while the database is SQLite.
              database   every server on the database knows a change within a second. New clients go here when the \
            database is PostgreSQL, for the processes may be on several machines.

            --in says otherwise. Should a client be in both places, the database's registration counts, and servers \
            and `martlet check` complain until one is taken away.

            EXAMPLES
              martlet client add Grafana --for grafana --url https://grafana.example.com
              martlet client add "Our wiki" --redirect-uri https://wiki.example.com/callback
              martlet client add "Phone app" --public --redirect-uri com.example.app:/callback
              martlet client add Reports --grant client_credentials --scope reports
              martlet client update our-wiki --add-redirect-uri https://wiki.example.com/callback2
              martlet client secret grafana add
            """,
        subcommands: [
            AddClientCommand.self, ListClientsCommand.self, ShowClientCommand.self, UpdateClientCommand.self,
            ClientSecretCommand.self, RemoveClientCommand.self,
        ])
}
