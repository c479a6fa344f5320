using CsCheck;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.EventStore;

namespace EventPipeline.Coordinator.Tests.Relaying;

public sealed class DeliveryLedgerTests
{
    [Fact]
    public void Whatever_the_order_of_the_acknowledgements_the_checkpoint_stays_behind_the_first_open_page() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 8], Gen.Int[0, 1_000].Array[0, 40])
            .Sample(
                (sizes, order) =>
                {
                    var ledger = new DeliveryLedger();
                    var open = new List<(int Page, DeliveryLedger.Page Delivery)>();
                    for (var page = 0; page < sizes.Length; page++)
                    {
                        var opened = ledger.Open(At(page + 1));
                        for (var delivery = 0; delivery < sizes[page]; delivery++)
                        {
                            opened.Expect();
                            open.Add((page, opened));
                        }
                        opened.Settle();
                    }
                    foreach (var which in order.TakeWhile(_ => open.Count > 0))
                    {
                        open[which % open.Count].Delivery.Settle();
                        open.RemoveAt(which % open.Count);
                        ledger.Settled().ShouldBe(At(open.Count == 0 ? sizes.Length : open.Min(it => it.Page)));
                    }
                }
            );

    [Fact]
    public void A_page_that_is_still_being_read_is_not_settled()
    {
        var ledger = new DeliveryLedger();
        var page = ledger.Open(At(1));
        page.Expect();
        page.Settle();

        ledger.Settled().ShouldBe(Position.Start);
    }

    [Fact]
    public void A_failed_delivery_stops_the_checkpoint_for_good()
    {
        var ledger = new DeliveryLedger();
        var page = ledger.Open(At(1));
        page.Expect();
        page.Settle(new IOException("The broker is on fire."));
        page.Settle();

        Should.Throw<DeliveryFailedException>(() => ledger.Settled()).Message.ShouldBe("The broker is on fire.");
    }

    private static Position At(long sequence) => sequence == 0 ? Position.Start : new Position(1, sequence);
}
