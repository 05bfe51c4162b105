// One lab for all tests; classes run side by side, as most of a call is waiting.
using Mumu.Lab.Tests.Matrix;

[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: AssemblyFixture(typeof(SharedLab))]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
