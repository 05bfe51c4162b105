// The deadline heap against a sorted list.
namespace Mumu.Io.Tests;

public sealed class DeadlineHeapTests
{
    private sealed class Item(int id) : IDeadlineItem
    {
        public int Id => id;

        public int HeapIndex { get; set; } = -1;
    }

    [Fact]
    public void Items_come_out_in_order_of_their_last_set_deadline()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var heap = new DeadlineHeap<Item>();
            var items = Enumerable.Range(0, 40).Select(id => new Item(id)).ToArray();
            var wanted = new Dictionary<int, TimeSpan>();
            for (var step = 0; step < 300; step++)
            {
                var item = items[random.Next(items.Length)];
                if (random.Next(4) == 0)
                {
                    heap.Set(item, null);
                    wanted.Remove(item.Id);
                }
                else
                {
                    var at = TimeSpan.FromMilliseconds(random.Next(50));
                    heap.Set(item, at);
                    wanted[item.Id] = at;
                }
                Assert.Equal(wanted.Count == 0 ? null : wanted.Values.Min(), heap.Next);
            }
            var taken = new List<TimeSpan>();
            while (heap.TryTakeDue(TimeSpan.MaxValue, out var due))
            {
                Assert.Equal(-1, due.HeapIndex);
                taken.Add(wanted[due.Id]);
            }
            Assert.Equal(wanted.Values.Order(), taken);
        }
    }

    [Fact]
    public void Nothing_is_due_before_its_time()
    {
        var heap = new DeadlineHeap<Item>();
        heap.Set(new Item(1), TimeSpan.FromSeconds(2));
        Assert.False(heap.TryTakeDue(TimeSpan.FromSeconds(1), out _));
        Assert.True(heap.TryTakeDue(TimeSpan.FromSeconds(2), out _));
        Assert.Null(heap.Next);
    }
}
