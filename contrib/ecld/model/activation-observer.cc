/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "activation-observer.h"

namespace ecld
{

void
ActivationObserver::SeeNorm(int64_t, const at::Tensor&)
{
}

void
ActivationObserver::SeeAttention(int64_t, const at::Tensor&)
{
}

void
ActivationObserver::SeeFeedForward(int64_t, const at::Tensor&)
{
}

void
ActivationObserver::SeeLayer(int64_t, const at::Tensor&, const at::Tensor&)
{
}

} // namespace ecld
