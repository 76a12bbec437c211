// Who owns the shop, and who decides about its releases.

/// What customers see.
team storefront { members = [ana, ben, chloe] }

/// Cart, checkout, money and parcels.
team orders { members = [dimitri, eva, farid] }

/// The catalogue and what is recommended from it.
team catalogue { members = [grace, hugo, ines] }

/// The change advisory board: one from each corner of the business.
role change-board { members = [jonas, kira, leo, mona, nils] }

/// Carries the pager.
role on-call { members = [ben, eva, hugo] }

role head-of-engineering { members = [olga] }
