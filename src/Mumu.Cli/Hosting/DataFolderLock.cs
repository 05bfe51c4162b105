// Keeps a second program out of a data folder that one is running on.
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Hosting;

/// <summary>
/// Two hubs on one database would end each other's sessions, two agents with one key would push each other out. An exclusively opened file is the lock: the system lets
/// go of it however the program ends. Hub and agent have one each, since the two may well run as two programs on one folder.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly List<FileStream> _held = [];

    /// <summary>Takes what a plan runs.</summary>
    /// <exception cref="VerbException">Another program runs on this folder.</exception>
    public static DataFolderLock Take(string dataDirectory, bool hub, bool agent)
    {
        var taken = new DataFolderLock();
        try
        {
            taken.Hold(dataDirectory, hub, "hub.lock");
            taken.Hold(dataDirectory, agent, "agent.lock");
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _held.ForEach(file => file.Dispose());

    private void Hold(string dataDirectory, bool isWanted, string name)
    {
        var path = Path.Combine(dataDirectory, name);
        if (!isWanted)
        {
            return;
        }
        try
        {
            _held.Add(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new VerbException(
                $"Another mumu is running on {dataDirectory}. Stop it, or give this one a folder of its own with --data DIR."
            );
        }
    }
}
