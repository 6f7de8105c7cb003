import type { ReactNode } from "react";
import { CardView } from "../../card/card-view.tsx";
import { useCard } from "../../card/use-card.ts";
import { Read } from "../../ui/states.tsx";

/** A card beside the list it was chosen from. */
export default function CardPanel({ id }: { readonly id: string }): ReactNode {
  const card = useCard(id);
  return (
    <Read query={card} lines={12}>
      {(read) => <CardView key={read.request.id} card={read} level={2} />}
    </Read>
  );
}
