"""Photos, videos and links beside an exercise: who writes it adds and orders them; who sees it gets the files."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from config.lib.htmx import page_or_partial
from config.lib.revisions import RevisionConflict
from config.lib.sending import send_file
from config.lib.uploads import OneFile
from exercises.enums import MediaKind, MediaState
from exercises.forms.media import LARGEST, FileForm, LinkForm, WordsForm
from exercises.models import Exercise, ExerciseMedia
from exercises.services import media as service
from exercises.services import media_files
from exercises.services.curation import WrongState
from exercises.services.media import MOST, TooMany
from patients.access import CURATOR, THERAPIST, Actor, Request, owner, staff

CHANGED = "Somebody else has just changed this exercise. Load the page again, then add it."
FULL = f"An exercise can have {MOST} photos, videos and links. Remove one first."


def _open(actor: Actor, code: str) -> Exercise:
    """The exercise if this person may write it. 403 when they may only read it, 404 when not even that."""
    written = Exercise.objects.for_actor(actor).editable_by(actor).select_related("replaces").filter(code=code).first()
    if written:
        return written
    if Exercise.objects.for_actor(actor).published().filter(code=code).exists():
        raise PermissionDenied
    raise Http404


def _open_media(actor: Actor, media_id: UUID) -> ExerciseMedia:
    """The photo, video or link if this person may write its exercise; else as above."""
    seen = ExerciseMedia.objects.visible_to(actor).select_related("exercise__replaces")
    media = get_object_or_404(seen, pk=media_id)
    if not seen.written_by(actor).filter(pk=media_id).exists():
        raise PermissionDenied
    return media


def _back(media: ExerciseMedia, query: str = "") -> HttpResponse:
    return redirect(reverse("exercises:media_list", args=[media.exercise.code]) + query)


@staff(CURATOR, THERAPIST)
@require_safe
def media_list(request: Request, code: str) -> HttpResponse:
    """All that stands beside one exercise, how far the jobs are, and the last removal to undo."""
    exercise = _open(request.actor, code)
    removed = None
    if (text := request.GET.get("removed", "")) and _is_uuid(text):
        gone = ExerciseMedia.objects.visible_to(request.actor).written_by(request.actor)
        removed = gone.filter(pk=text, state=MediaState.REMOVED).first()
    return render(request, "exercises/media_list.html", {"exercise": exercise, "removed": removed})


@staff(CURATOR, THERAPIST)
@csrf_exempt  # until the exercise is known to be theirs: checking the token reads the whole body
def media_add(request: Request, code: str, kind: str) -> HttpResponse:
    """Add a photo, a video or a link."""
    exercise = _open(request.actor, code)
    if kind not in list(MediaKind):
        raise Http404
    wanted = MediaKind(kind)
    if request.method == "POST" and wanted is not MediaKind.LINK:
        limit, folder = LARGEST[wanted] * 1024 * 1024, media_files.folder(media_files.INCOMING)
        request.upload_handlers = [OneFile(request, limit=limit, folder=folder)]
    add: HttpResponse = _add_link(request, exercise) if wanted is MediaKind.LINK else _add(request, exercise, wanted)
    return add


@csrf_protect
def _add(request: Request, exercise: Exercise, kind: MediaKind) -> HttpResponse:
    if request.method != "POST":
        return _form(request, exercise, FileForm(kind=kind), kind)
    posted, files = request.POST, request.FILES  # reads the body
    handler = request.upload_handlers[0]
    is_too_large = isinstance(handler, OneFile) and handler.is_too_large
    form = FileForm(posted, files, kind=kind, is_too_large=is_too_large)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        values = {"kind": kind, "upload": upload, "suffix": form.suffix, "words": form.words()}
        if _added(request, exercise, form, service.add_file, **values):
            return _done(request, exercise)
    return _form(request, exercise, form, kind, status=413 if is_too_large else 422)


@csrf_protect
def _add_link(request: Request, exercise: Exercise) -> HttpResponse:
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"link": form.cleaned_data["link"], "words": form.words()}
        if _added(request, exercise, form, service.add_link, **values):
            return _done(request, exercise)
    return _form(request, exercise, form, MediaKind.LINK, status=422 if form.is_bound else 200)


def _added(
    request: Request, exercise: Exercise, form: WordsForm, add: Callable[..., ExerciseMedia], **values: object
) -> bool:
    """Call the service; what speaks against it becomes a sentence on top of the form."""
    try:
        add(actor=request.actor.user, exercise=exercise, **values)
    except TooMany:
        form.add_error(None, FULL)
    except WrongState as wrong:
        form.add_error(None, str(wrong))
    except RevisionConflict:
        form.add_error(None, CHANGED)
    return not form.errors


def _done(request: Request, exercise: Exercise) -> HttpResponse:
    there = reverse("exercises:media_list", args=[exercise.code])
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


def _form(request: Request, exercise: Exercise, form: WordsForm, kind: MediaKind, status: int = 200) -> HttpResponse:
    context = {"exercise": exercise, "form": form, "kind": kind}
    return page_or_partial(request, "exercises/media_form.html", "exercises/_media_form.html", context, status=status)


@staff(CURATOR, THERAPIST)
def media_edit(request: Request, media_id: UUID) -> HttpResponse:
    """Better words for the same file. A file or an address itself is never exchanged: add another, remove this."""
    media = _open_media(request.actor, media_id)
    form = WordsForm(request.POST or None, media=media)
    if request.method == "POST" and form.is_valid():
        try:
            service.change_words(actor=request.actor.user, media=media, words=form.words())
        except RevisionConflict:
            form.add_error(None, CHANGED)
        else:
            return _back(media)
    context = {"exercise": media.exercise, "media": media, "form": form}
    return render(request, "exercises/media_edit.html", context, status=422 if form.errors else 200)


@staff(CURATOR, THERAPIST)
@require_safe
def media_row(request: Request, media_id: UUID) -> HttpResponse:
    """One row of the list, which asks for itself again while its job runs."""
    media = _open_media(request.actor, media_id)
    if media.state == MediaState.REMOVED:
        raise Http404
    first = ExerciseMedia.objects.visible_to(request.actor).of(media.exercise).first()
    return render(request, "exercises/_media_row.html", {"media": media, "is_first": media == first})


@staff(CURATOR, THERAPIST)
@require_POST
def media_remove(request: Request, media_id: UUID) -> HttpResponse:
    media = _open_media(request.actor, media_id)
    service.remove(actor=request.actor.user, media=media, now=request.actor.now)
    return _back(media, f"?removed={media.pk}")


@staff(CURATOR, THERAPIST)
@require_POST
def media_restore(request: Request, media_id: UUID) -> HttpResponse:
    """Undo a removal."""
    media = _open_media(request.actor, media_id)
    service.bring_back(actor=request.actor.user, media=media)
    return _back(media)


@staff(CURATOR, THERAPIST)
@require_POST
def media_move(request: Request, media_id: UUID) -> HttpResponse:
    """One place up."""
    media = _open_media(request.actor, media_id)
    service.move_up(actor=request.actor.user, media=media)
    return _back(media)


@owner
@require_safe
def media_file(request: Request, media_id: UUID, size: str) -> HttpResponse:
    """A picture by its width, or `video`, for staff who may see the exercise; for everybody else it is not there."""
    seen = ExerciseMedia.objects.visible_to(request.actor).present().select_related("exercise")
    return send_media(request, get_object_or_404(seen, pk=media_id), size)


def send_media(request: Request, media: ExerciseMedia, size: str) -> HttpResponse:
    """The file itself. The caller has settled that this person may see it. Raises Http404."""
    is_video = size == "video" and media.kind == MediaKind.VIDEO
    stored = media.file.name if is_video else media.sizes.get(size)
    if not stored:
        raise Http404
    kind, suffix = (media.content_type, "mp4") if is_video else ("image/webp", "webp")
    name = f"{slugify(media.exercise.code) or 'exercise'}-{size}.{suffix}"
    path = media_files.path_of(stored)
    try:
        return send_file(request, path, content_type=kind, name=name, etag=f"{media.digest[:32]}-{size}")
    except FileNotFoundError as error:
        raise Http404 from error


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
